import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './base.css';
import 'virtual:theme.css';
import './styles.css';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
